package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/user"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/plaintext"
	"sallyport/helper/internal/sshconfig"
)

// passwdHome is the home folder that ssh looks in: the one of the user database, whatever HOME says (ssh(1), FILES).
var passwdHome = func() (string, error) {
	me, err := user.Current()
	if err != nil {
		return "", err
	}
	return me.HomeDir, nil
}

func (a *app) sshConfig() *cobra.Command {
	cmd := &cobra.Command{
		Use: "ssh-config", Short: "Let ssh, scp, sftp, rsync and git knock by themselves",
		Long: "Write the profiles to ~/.ssh/sallyport.conf, one Host block each, and read that file at the top of\n" +
			"~/.ssh/config by one Include line. Then everything that runs ssh knocks by itself: ssh web1, scp, sftp,\n" +
			"rsync, git. Options of your own go into a Host block of the same name in ~/.ssh/config.\n\n" +
			"Jump hosts: a ProxyJump of yours for one of these hosts has no effect, because the first value that ssh\n" +
			"reads wins and the knock is a ProxyCommand read before it. The other way works: in the block of a host\n" +
			"that lies behind a door, ProxyJump web1 knocks at web1 and goes on from there.",
	}
	cmd.AddCommand(a.sshConfigInstall(), a.sshConfigShow(), a.sshConfigRemove())
	group(cmd)
	return cmd
}

func (a *app) sshConfigShow() *cobra.Command {
	return &cobra.Command{
		Use: "show", Short: "Print the file that install would write", Args: none,
		Long: "Print what install would write to ~/.ssh/sallyport.conf, and on standard error what would change in\n" +
			"~/.ssh/config. Nothing is changed.",
		RunE: action(func(cmd *cobra.Command, _ []string) error {
			plan, blocks, err := a.planInstall(cmd.Context())
			if err != nil {
				return err
			}
			if a.json {
				shown := a.sshConfigAnswer(plan, blocks)
				shown.Text = plan.Text
				a.printJSON(shown)
				return nil
			}
			a.sayDiff(plan.Config)
			a.sayNotes(plan, blocks)
			a.term.print(plan.Text)
			return nil
		}),
	}
}

func (a *app) sshConfigRemove() *cobra.Command {
	return &cobra.Command{
		Use: "remove", Short: "Take out what install put in", Args: none,
		Long: "Take the Include line out of ~/.ssh/config again and delete ~/.ssh/sallyport.conf and the backup. Whatever\n" +
			"else has been written to ~/.ssh/config since stays as it is.",
		RunE: action(func(cmd *cobra.Command, _ []string) error {
			home, err := passwdHome()
			if err != nil {
				return homeless(err)
			}
			plan, err := sshconfig.PlanRemove(home)
			if err != nil {
				return fileFault(err)
			}
			if err := sshconfig.Apply(plan); err != nil {
				return fileFault(err)
			}
			if a.json {
				a.printJSON(a.sshConfigAnswer(plan, sshconfig.Blocks{}))
				return nil
			}
			a.sayNotes(plan, sshconfig.Blocks{})
			a.showDone(plan, "nothing of sallyport's is in ssh's configuration")
			return nil
		}),
	}
}

// planInstall asks for the profiles and looks at the files.
func (a *app) planInstall(ctx context.Context) (sshconfig.Plan, sshconfig.Blocks, error) {
	none := sshconfig.Plan{}
	home, err := passwdHome()
	if err != nil {
		return none, sshconfig.Blocks{}, homeless(err)
	}
	program, err := os.Executable()
	if err != nil {
		return none, sshconfig.Blocks{}, client.Internal("", "this program's own file cannot be found: %s", err)
	}
	if problem := sshconfig.ProgramProblem(program, runtime.GOOS == "windows"); problem != "" {
		return none, sshconfig.Blocks{}, client.BadInput("install Sallyport in a lasting place with a plain path and run it from there",
			"ssh cannot run this program: %s", plaintext.Line(problem))
	}
	var listed struct{ Profiles []client.Profile }
	if _, err := a.ask(ctx, "list", nil, nil, &listed); err != nil {
		return none, sshconfig.Blocks{}, err
	}
	blocks := sshconfig.NewBlocks(hostsOf(listed.Profiles), program)
	plan, err := sshconfig.PlanInstall(home, blocks)
	if err != nil {
		return none, blocks, fileFault(err)
	}
	if os.Getenv("SALLYPORT_HOME") != "" {
		plan.Notes = append(plan.Notes, "SALLYPORT_HOME is set; ssh finds these profiles only where it is set to the same")
	}
	return plan, blocks, nil
}

func hostsOf(profiles []client.Profile) []sshconfig.Host {
	hosts := make([]sshconfig.Host, 0, len(profiles))
	for _, p := range profiles {
		host := sshconfig.Host{ID: p.ID, Name: p.Name, HostName: p.Host, Port: p.Port}
		if p.User != nil {
			host.User = *p.User
		}
		hosts = append(hosts, host)
	}
	return hosts
}

func homeless(err error) *client.Fault {
	return client.Internal("", "this user has no home folder that ssh would look in: %s", err)
}

// fileFault tells what this machine refused from what somebody has to put right first.
func fileFault(err error) *client.Fault {
	var path *fs.PathError
	var link *os.LinkError
	message := "could not change ssh's configuration: " + strings.ReplaceAll(err.Error(), "\n", "; ")
	if errors.As(err, &path) || errors.As(err, &link) {
		return &client.Fault{Code: "storage", Exit: 5, Message: message, Hint: "look at who owns ~/.ssh and what is in it"}
	}
	return client.BadInput("", "%s", message)
}
