package main

import (
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/plaintext"
)

func (a *app) list() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the profiles", Args: none,
		RunE: action(func(cmd *cobra.Command, _ []string) error {
			var answer struct {
				Profiles []client.Profile
				Notices  []client.Notice
			}
			raw, err := a.ask(cmd.Context(), "list", nil, nil, &answer)
			if err != nil {
				return err
			}
			a.tell(answer.Notices)
			switch {
			case a.json:
				a.printRaw(raw)
			case len(answer.Profiles) == 0:
				a.term.sayf("no profiles yet; make one with: sallyport add NAME --host HOST --sequence-file FILE")
			default:
				a.term.print(profileTable(answer.Profiles))
			}
			return nil
		}),
	}
}

func profileTable(profiles []client.Profile) string {
	rows := make([][]string, len(profiles))
	for i, p := range profiles {
		rows[i] = []string{p.Name, p.Host, strconv.Itoa(p.Port), orDash(p.User), methodWords(p), orDash(p.Group), state(p)}
	}
	return table([]string{"NAME", "HOST", "PORT", "USER", "METHOD", "GROUP", "STATE"}, rows)
}

func methodWords(p client.Profile) string {
	if p.LinesLeft != nil {
		return fmt.Sprintf("%s, %d left", p.Method, *p.LinesLeft)
	}
	return p.Method
}

func state(p client.Profile) string {
	if p.ClosesInMs != nil {
		return p.State + ", closes in " + seconds(*p.ClosesInMs)
	}
	return p.State
}

func seconds(ms int64) string {
	return (time.Duration(ms) * time.Millisecond).Round(time.Second).String()
}

func orDash(s *string) string {
	if s == nil || *s == "" {
		return "-"
	}
	return *s
}

func (a *app) add() *cobra.Command {
	var draft client.Draft
	var openFor string
	var delay delayFlag
	cmd := &cobra.Command{
		Use: "add NAME --host HOST", Short: "Make a profile", Args: one("NAME"),
		Example: "  sallyport add web1 --host web1.example.org --user ada --rotating-secret-file web1.key\n" +
			"  echo 31415:tcp,17320:udp,48051:tcp | sallyport add old --host 192.0.2.7 --sequence-file -\n" +
			"  sallyport add pads --host pads.example.org --one-time-file pads.txt\n" +
			"  sallyport add nas --host nas.example.org --sequence-file nas.seq --after-url https://nas.example.org/",
	}
	var family familyFlags
	family.register(cmd.Flags())
	flags := newMethodFlags(cmd.Flags())
	after := newAfterFlags(cmd.Flags())
	cmd.Flags().StringVar(&draft.Host, "host", "", "`name` or address of the server")
	numberVar(cmd.Flags(), &draft.Port, "port", 22, "the `port` behind the door")
	cmd.Flags().StringVar(&draft.User, "user", "", "the `user` to log in as")
	cmd.Flags().StringVar(&draft.Group, "group", "", "the `group` to list it under")
	cmd.Flags().StringVar(&openFor, "open-for", "", "how `long` the server keeps the door open, like 30s or 5m (30s)")
	delay.register(cmd.Flags())
	cmd.RunE = action(func(cmd *cobra.Command, args []string) error {
		draft.Name = args[0]
		draft.TCPFlags = flags.tcpFlags
		draft.Family = family.family()
		if draft.Host == "" {
			return client.BadInput("", "expected --host HOST")
		}
		if err := checkPort(draft.Port); err != nil {
			return err
		}
		var err error
		if draft.OpenFor, err = parseOpenFor(openFor, cmd.Flags().Changed("open-for")); err != nil {
			return err
		}
		if draft.GapMs, err = delay.gap(); err != nil {
			return err
		}
		if draft.After, err = after.after(); err != nil {
			return err
		}
		method, err := flags.method(cmd.Context(), a)
		if err != nil {
			return err
		}
		draft.Method = *method
		var answer struct {
			Profile client.Profile
			client.Advice
		}
		raw, err := a.ask(cmd.Context(), "add", map[string]any{"profile": draft}, nil, &answer)
		a.advise(answer.Advice)
		return a.showProfile("added", raw, answer.Profile, err)
	})
	return cmd
}

func (a *app) remove() *cobra.Command {
	return &cobra.Command{
		Use: "remove NAME", Short: "Remove a profile and its secret", Args: one("NAME"),
		ValidArgsFunction: a.completeProfiles,
		RunE: action(func(cmd *cobra.Command, args []string) error {
			var answer client.Removal
			raw, err := a.ask(cmd.Context(), "remove", map[string]any{"name": args[0]}, nil, &answer)
			if left := answer.SecretLeft; err == nil && left != nil && !a.json {
				a.warn("the secret is still in the store: " + clause(left.Message))
				a.hint(left.Hint)
			}
			return a.showProfile("removed", raw, answer.Profile, err)
		}),
	}
}

func (a *app) showProfile(done string, raw []byte, p client.Profile, err error) error {
	if err != nil {
		return err
	}
	if a.json {
		a.printRaw(raw)
		return nil
	}
	a.term.printf("%s %s (%s port %d, %s)", done, plaintext.Line(p.Name), plaintext.Line(p.Host), p.Port, plaintext.Line(p.Method))
	return nil
}

func checkPort(port int) error {
	if port < 1 || port > 65535 {
		return client.BadInput("", "--port: expected 1 to 65535, got %d", port)
	}
	return nil
}

// parseOpenFor reads seconds, written with a unit or as a bare number.
func parseOpenFor(text string, given bool) (int, error) {
	if !given {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if n, bare := strconv.Atoi(text); bare == nil && n < 1<<31 {
		d, err = time.Duration(n)*time.Second, nil
	}
	if err != nil || d < time.Second || d%time.Second != 0 {
		return 0, client.BadInput("", "--open-for: expected whole seconds, like 30s or 5m, got %q", text)
	}
	return int(d / time.Second), nil
}
