package daemonconfig

import (
	"os"

	"sallyport/helper/internal/doorcmd"
)

// argv reads a command; what it may hold is doorcmd's to say.
func (l *loader) argv(r *reader, key string) doorcmd.Template {
	argv := doorcmd.Template(r.list(key, `a program and its arguments, such as ["/usr/local/bin/wake", "{ip}"]`))
	if !r.has(key) || r.bad[key] {
		return nil
	}
	if err := argv.Check(); err != nil {
		r.fail(key, "%s: %v", key, err)
		return nil
	}
	if info, err := os.Stat(argv[0]); err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 {
		r.warn(key, "%s: %s is not a program that can be run now", key, argv[0])
	} else if info.Mode()&0o002 != 0 {
		r.fail(key, "%s: everybody on this machine can change %s: chmod o-w %s", key, argv[0], argv[0])
	}
	return argv
}
