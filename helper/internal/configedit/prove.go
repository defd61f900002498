package configedit

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// prove compares two texts by what they mean: the second must be the first with one door's keys changed so.
func prove(before, after []byte, door string, change func(keys []any) []any) error {
	var was, is map[string]any
	if err := toml.Unmarshal(before, &was); err != nil {
		return err
	}
	if err := toml.Unmarshal(after, &is); err != nil {
		return fmt.Errorf("the change would not be TOML: %w", err)
	}
	found := 0
	for _, one := range tables(was["door"]) {
		values, ok := one.(map[string]any)
		if ok && values["name"] == door {
			values["key"] = change(tables(values["key"]))
			found++
		}
	}
	if found != 1 || !reflect.DeepEqual(was, is) {
		return errors.New("the change would touch something else")
	}
	return nil
}

// tables gives the tables of a name, which a parser gives as one or as a list.
func tables(value any) []any {
	switch v := value.(type) {
	case []any:
		return v
	case map[string]any:
		return []any{v}
	}
	return nil
}

// filesOf lists the files that a key names.
func filesOf(key map[string]any) []string {
	var files []string
	for name, value := range key {
		if file, ok := value.(string); ok && strings.HasSuffix(name, "_file") {
			files = append(files, file)
		}
	}
	slices.Sort(files)
	return files
}

// Files lists the files that all keys of a config name.
func Files(data []byte) ([]string, error) {
	var root map[string]any
	if err := toml.Unmarshal(data, &root); err != nil {
		return nil, err
	}
	var files []string
	for _, door := range tables(root["door"]) {
		values, _ := door.(map[string]any)
		for _, key := range tables(values["key"]) {
			one, _ := key.(map[string]any)
			files = append(files, filesOf(one)...)
		}
	}
	return files, nil
}
