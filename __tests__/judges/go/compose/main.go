// Composecheck loads a Compose file the way Docker Compose does, consistency checks included, and prints how many
// services, volumes and networks the project has. Restart policies, which only the Docker engine would refuse, are
// compared with those that it knows. A fault goes to stderr with exit code 1.
package main

import (
	"context"
	"fmt"
	"os"
	"regexp"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
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
	if err := checkRestartPolicies(project); err != nil {
		fail(err)
	}
	fmt.Println(len(project.Services), len(project.Volumes), len(project.Networks))
}

var restartPolicy = regexp.MustCompile(`^(|no|always|unless-stopped|on-failure(:\d+)?)$`)

func checkRestartPolicies(project *types.Project) error {
	for _, service := range project.Services {
		if !restartPolicy.MatchString(service.Restart) {
			return fmt.Errorf("service %q: the Docker engine knows no restart policy %q", service.Name, service.Restart)
		}
	}
	return nil
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
