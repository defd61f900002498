package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/launch"
)

// app is what every command works with.
type app struct {
	term terminal
	json bool
	// seen is what a knock's events have told, for the report of one that ends without its own.
	seen client.Report
}

// run does one command line and gives its exit code.
func run(ctx context.Context, args []string, term terminal) int {
	out := &checked{w: term.out}
	term.out = out
	a := &app{term: term}
	exit := a.run(ctx, args)
	if out.err == nil {
		return exit
	}
	term.sayf("sallyport: could not write to standard output: %s", out.err)
	if exit == 0 {
		return client.ExitOf("storage")
	}
	return exit
}

func (a *app) run(ctx context.Context, args []string) int {
	if len(args) > 0 && args[0] == "--version" {
		args = append([]string{"version"}, args[1:]...) // what every other program calls it
	}
	root := a.root()
	if len(args) > 0 && args[0] == cobra.ShellCompRequestCmd {
		unquoteUsage(root)
	}
	root.SetArgs(args)
	root.SetOut(a.term.out)
	root.SetErr(a.term.err)
	cmd, err := root, error(nil)
	if i := slices.IndexFunc(args, func(arg string) bool { return !utf8.ValidString(arg) }); i >= 0 {
		// JSON would turn it into something else without a word.
		err = client.BadInput("", "argument %d is not text in UTF-8", i+1)
	} else {
		cmd, err = root.ExecuteContextC(ctx)
	}
	if err == nil {
		return 0
	}
	var ended ended
	if errors.As(err, &ended) {
		return ended.exit
	}
	a.json = a.json || wantsJSON(args)
	fault := faultOf(cmd, err)
	a.showFault(cmd, fault)
	return fault.Exit
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "sallyport",
		Short:         "Knock at a server's hidden door, prove that it opened, connect",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.PersistentFlags().BoolVar(&a.json, "json", false, "print one JSON object")
	root.AddCommand(
		a.list(), a.add(), a.remove(), a.importCommand(), a.export(), a.installer(), a.user(), a.secrets(), a.rekey(),
		a.knock(), a.history(), a.clock(), a.connect(), a.proxy(), a.derive(), a.sshConfig(),
		a.status(), a.quit(), a.version(),
	)
	group(root)
	root.SetFlagErrorFunc(flagProblem)
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	a.strict(root)
	a.helps(root)
	teach(root)
	completeValues(root)
	return root
}

// wantsJSON looks for --json by itself, so that a command line that cannot be parsed is answered in the form it asks for.
func wantsJSON(args []string) bool {
	for _, arg := range args {
		switch arg {
		case "--":
			return false
		case "--json", "--json=true":
			return true
		}
	}
	return false
}

// action wraps a command's work: what it returns without saying what kind of fault it is, is ours.
func action(work func(cmd *cobra.Command, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		err := work(cmd, args)
		var ended ended
		var stop interruption
		if err == nil || errors.As(err, &ended) || errors.As(err, &stop) {
			return err
		}
		return client.AsFault(err)
	}
}

// ended is a command that has said everything and only has an exit code left to give.
type ended struct{ exit int }

func (e ended) Error() string { return "ended" }

func surroundings() client.Surroundings {
	home, err := os.UserHomeDir()
	if err != nil {
		if me, err := user.Current(); err == nil {
			home = me.HomeDir
		}
	}
	return client.Surroundings{OS: runtime.GOOS, UID: os.Getuid(), UserHome: home, Env: os.Getenv}
}

// dial reaches what runs; nothing running is client.ErrNotRunning.
func (a *app) dial(ctx context.Context) (*client.Conn, error) {
	s := surroundings()
	home, err := s.Home()
	if err != nil {
		return nil, client.BadInput("", "%s", err)
	}
	return client.Dial(ctx, s, home)
}

// reach is dial that starts the other side when nothing runs.
func (a *app) reach(ctx context.Context) (*client.Conn, error) {
	if err := checkStore(); err != nil {
		return nil, err
	}
	conn, err := a.dial(ctx)
	if err == nil {
		a.warnOfOtherStore(ctx, conn)
	}
	if !errors.Is(err, client.ErrNotRunning) {
		return conn, err
	}
	self, err := os.Executable()
	if err == nil {
		self, err = filepath.EvalSymlinks(self)
	}
	if err != nil {
		return nil, client.Internal("", "this program's own file cannot be found: %s", err)
	}
	argv, err := launch.Find(launch.Machine{OS: runtime.GOOS, Self: self, Exists: launch.Exists, LookPath: exec.LookPath})
	if err != nil {
		return nil, err
	}
	s := surroundings()
	home, err := s.Home()
	if err != nil {
		return nil, client.BadInput("", "%s", err)
	}
	return launch.Start(ctx, argv, s, home)
}

// ask is one call on a connection of its own. It gives the raw answer, for --json, and fills into.
func (a *app) ask(ctx context.Context, method string, params any, onEvent func(client.Event), into any) ([]byte, error) {
	conn, err := a.reach(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	raw, err := answer(ctx, conn, method, params, onEvent, into)
	if err != nil {
		return nil, otherStore(ctx, conn, err)
	}
	return raw, nil
}
