//go:build tools

// Package internet names the programs that stand for the public internet around a rehearsed box: Let's Encrypt's own test
// authority, and the name server that comes with it.
package internet

import (
	_ "github.com/letsencrypt/pebble/v2/cmd/pebble"
	_ "github.com/letsencrypt/pebble/v2/cmd/pebble-challtestsrv"
)
