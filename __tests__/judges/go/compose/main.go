// Composecheck loads a Compose file the way Docker Compose does, consistency checks included, and prints how many
// services, volumes and networks the project has. A fault goes to stderr with exit code 1.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/sirupsen/logrus"
)

func main() {
	logrus.SetLevel(logrus.ErrorLevel)
	options, err := cli.NewProjectOptions(os.Args[1:], cli.WithName("check"), cli.WithOsEnv, cli.WithDotEnv)
	if err != nil {
		fail(err)
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		fail(err)
	}
	fmt.Println(len(project.Services), len(project.Volumes), len(project.Networks))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
