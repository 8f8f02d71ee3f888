#!/bin/bash
# Puts the environment's values in place of ${NAME} in the files listed in
# /docker-entrypoint.d/templates, then becomes the command.
while read -r file; do
  content=$(<"$file")
  for name in $(compgen -e); do
    placeholder="\${$name}"
    content=${content//"$placeholder"/"${!name}"}
  done
  printf '%s\n' "$content" >"$file"
done </docker-entrypoint.d/templates
exec "$@"
