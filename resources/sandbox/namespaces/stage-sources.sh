#!/bin/sh
# First step of a container's start, in a mount namespace of its own. When real
# root starts the sandbox, this is the last step with root's rights: the user
# that the container's root is mapped to may not reach the folders themselves.
#
# usage: stage-sources.sh STAGING BASE IMAGE AGENT COMMAND...
set -eu
staging=$1
shift
mount -t tmpfs -o mode=755,size=1m porthole-staging "$staging"
for name in base image agent; do
  mkdir "$staging/$name"
  mount --bind "$1" "$staging/$name"
  shift
done
mkdir "$staging/live"
exec "$@"
