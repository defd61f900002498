package main

import (
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"

	"sallyport/helper/internal/daemonconfig"
)

// unitUser is whom sallyportd.service runs the daemon as.
const unitUser = "sallyport"

// unitUserWarnings says what the unit's user cannot read. Root can read everything, so that a check by root would find a
// config good that the service then fails with.
func unitUserWarnings(files []daemonconfig.File) []string {
	if os.Geteuid() != 0 {
		return nil
	}
	account, err := user.Lookup(unitUser)
	if err != nil {
		return nil // no such user: the daemon is run in another way here
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil
	}
	groups, err := account.GroupIds()
	if err != nil {
		groups = []string{account.Gid}
	}
	return unreadable(files, uint32(uid), groups)
}

// unreadable says which files, or directories that they are in, are closed to a user.
func unreadable(files []daemonconfig.File, uid uint32, groups []string) []string {
	var warnings []string
	seen := map[string]bool{}
	for _, file := range files {
		dir := filepath.Dir(file.Path)
		if info, err := os.Stat(dir); err == nil && !seen[dir] && !may(info, 0o1, uid, groups) {
			warnings = append(warnings, fmt.Sprintf("%s: the user %s, as whom sallyportd.service runs, cannot enter this directory: chown root:%s %s && chmod 0750 %s",
				dir, unitUser, unitUser, dir, dir))
		}
		if !seen[file.Path] && !may(file.Info, 0o4, uid, groups) {
			warnings = append(warnings, fmt.Sprintf("%s: the user %s, as whom sallyportd.service runs, cannot read this file: chown root:%s %s && chmod 0640 %s",
				file.Path, unitUser, unitUser, file.Path, file.Path))
		}
		seen[dir], seen[file.Path] = true, true
	}
	return warnings
}

// may tells whether a user has one of the permissions rwx (path_resolution(7): the first class that fits decides).
func may(info fs.FileInfo, permission fs.FileMode, uid uint32, groups []string) bool {
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return true
	}
	switch {
	case owner.Uid == uid:
		permission <<= 6
	case slices.Contains(groups, strconv.FormatUint(uint64(owner.Gid), 10)):
		permission <<= 3
	}
	return info.Mode()&permission != 0
}
