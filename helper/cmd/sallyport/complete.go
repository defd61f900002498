package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"sallyport/helper/internal/client"
	"sallyport/helper/internal/plaintext"
)

// completeProfiles offers the names of profiles to the shell. It never starts anything and gives up after a second.
func (a *app) completeProfiles(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	conn, err := a.dial(ctx)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	defer conn.Close()
	var listed struct{ Profiles []client.Profile }
	if _, err := answer(ctx, conn, "list", nil, nil, &listed); err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, p := range listed.Profiles {
		if plaintext.Line(p.Name) == p.Name {
			names = append(names, p.Name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
