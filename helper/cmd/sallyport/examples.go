package main

import (
	"strings"

	"github.com/spf13/cobra"
)

// examples stand in each command's help, by its path below the root. A test holds that each of them parses.
var examples = map[string]string{
	"": `# A profile, from a secret that only a file has held
sallyport add web1 --host web1.example.org --user ada --rotating-secret-file web1.key
sallyport knock web1
sallyport connect web1
# From then on plain ssh, scp, sftp, rsync and git knock by themselves
sallyport ssh-config install
ssh web1`,
	"list": `sallyport list
# Names only, for a script
sallyport list --json | jq -r '.profiles[].name'`,
	"remove": `sallyport remove web1`,
	"rekey": `# A new secret, to a file for the server; the old one stays in use
sallyport rekey web1 --out web1.new
# The server has it
sallyport rekey web1 --use
sallyport rekey web1 --discard`,
	"secrets": `sallyport secrets status
sallyport secrets move --to passphrase --passphrase-file phrase
sallyport secrets unlock --passphrase-file phrase`,
	"secrets status": `sallyport secrets status
# In a script: is the store ready?
sallyport secrets status --json | jq -e '.state == "ok"'`,
	"secrets move": `# From the system's keychain to a vault under a passphrase, and back
sallyport secrets move --to passphrase --passphrase-file phrase
sallyport secrets move --to os --passphrase-file phrase
# What is in the vault still, into the keychain that is in use
sallyport secrets move --from passphrase --to os --passphrase-file phrase`,
	"secrets unlock":     `sallyport secrets unlock --passphrase-file phrase`,
	"secrets lock":       `sallyport secrets lock`,
	"secrets passphrase": `sallyport secrets passphrase --passphrase-file phrase --new-passphrase-file new`,
	"knock": `sallyport knock web1
sallyport knock web1 --action close
# No profile: steps from standard input, and the proof on port 22
echo 31415:tcp,17320:udp,icmp:128 | sallyport knock 192.0.2.7 --port 22 --sequence-file -
# The first line of a one-time list that is not marked with #
sallyport knock 192.0.2.7 --port 22 --one-time-file pads.txt
# In a script: the exit code is 0 only if the port can be reached
sallyport knock web1 --json && rsync -a site/ web1.example.org:site/`,
	"history": `sallyport history web1
# How many of the last knocks opened the door
sallyport history web1 --json | jq '[.runs[] | select(.verdict == "opened")] | length'
sallyport history web1 --clear`,
	"clock": `sallyport clock --ntp pool.ntp.org
sallyport clock
# In a script: is it off by more than ten seconds?
sallyport clock --json | jq -e '.reading.offsetMs | fabs > 10000'
sallyport clock --off`,
	"connect": `sallyport connect web1
sallyport connect web1 -6`,
	"status": `sallyport status
# Seconds until the first open door closes
sallyport status --json | jq '.grants[0].closesInMs / 1000'`,
	"quit": `sallyport quit`,
	"derive": `# What the server expects now, to compare with: sallyportd derive
sallyport derive --secret-file web1.key --time "$(date +%s)"
sallyport derive --secret-file web1.key --time 1767225600 --steps 3 --protocols udp`,
	"import": `# See first what it would become
sallyport import ~/.ssh/config --dry-run
sallyport import ~/.ssh/config --select web1,db1
# From a server's own file: its host is not in there
sallyport import knockd.conf --host web1.example.org
sallyport import ~/.fwknoprc
# A screenshot of a profile's QR code
sallyport import code.png
# What export wrote on another machine
sallyport import profiles.json --passphrase-file phrase`,
	"installer": `# Look at it, copy it to the server, and run it there
sallyport installer web1 --out web1.sh
# Or have it all done by your own ssh: copied, tried, proven by a knock, confirmed
sallyport installer web1 --over-ssh
sallyport installer web1 --over-ssh ops@web1.example.org --yes
# For a new server that fetches the daemon from a place of yours
sallyport installer web1 --format cloud-init --daemon-url https://files.example.org/sallyportd-{arch} --out web1.yaml
# For servers without the daemon
sallyport installer web1 --format nftables --out web1.nft`,
	"user": `# A colleague's key, put on the server by your own ssh; then hand bob.html over
sallyport user add web1 --user bob --out bob.html --over-ssh
sallyport user list web1 --over-ssh
sallyport user revoke web1 --user bob --over-ssh`,
	"user add": `# A page for the person, and the key on the server, by your own ssh
sallyport user add web1 --user bob --out bob.html --over-ssh
# The link alone, and a script to run on the server
sallyport user add web1 --user phone --out phone.txt
# A recovery key to print
sallyport user add web1 --paper --out recovery.html --over-ssh`,
	"user revoke": `sallyport user revoke web1 --user bob --over-ssh
# Only at one door; prints what to run on the server
sallyport user revoke web1 --user bob --door ssh`,
	"user list": `sallyport user list web1 --over-ssh
# Who is in now
sallyport user list web1 --over-ssh --json | jq -r '.users[] | select(.grants > 0).user'`,
	"export": `# To look at, or to keep beside other settings: no secret is in it
sallyport export --out profiles.json
# Everything that another machine needs
sallyport export web1 db1 --with-secrets --passphrase-file phrase --out profiles.json
# For a camera, on a terminal that nobody else sees
sallyport export --qr web1
sallyport export --uri web1 --out web1.link`,
	"version": `sallyport version`,
	"ssh-config": `sallyport ssh-config show
sallyport ssh-config install
ssh web1
sallyport ssh-config remove`,
	"ssh-config install": `sallyport ssh-config install
# Without a question, after profiles have changed
sallyport ssh-config install --yes`,
	"ssh-config show": `sallyport ssh-config show
# What would change in ~/.ssh/config too
sallyport ssh-config show --json | jq -r '.files[].diff'`,
	"ssh-config remove": `sallyport ssh-config remove`,
	"completion": `# bash, for this shell; for all, put the line into ~/.bashrc. It needs the package bash-completion
source <(sallyport completion bash)
# zsh, for this shell; for all, put the line into ~/.zshrc, after compinit
source <(sallyport completion zsh)
# fish
mkdir -p ~/.config/fish/completions && sallyport completion fish > ~/.config/fish/completions/sallyport.fish
# PowerShell, for this shell
sallyport completion powershell | Out-String | Invoke-Expression`,
}

// teach gives the commands below cmd their examples. A command may have brought its own.
func teach(cmd *cobra.Command) {
	_, path, _ := strings.Cut(cmd.CommandPath(), " ")
	if text, has := examples[path]; has && cmd.Example == "" {
		cmd.Example = "  " + strings.ReplaceAll(text, "\n", "\n  ")
	}
	for _, child := range cmd.Commands() {
		teach(child)
	}
}
