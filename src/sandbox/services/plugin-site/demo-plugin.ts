import { readFile } from 'node:fs/promises'

/** What the demo's plugin says it is: the version that Porthole installs first. */
export const demoPluginVersion = '1.2.896.0'

/**
 * The program for the packages of the demo: the built plugin, in a file that a
 * shell can start and that then is read once more by Node.
 *
 * @param scriptFile the built `src/demo-plugin`, one file of JavaScript
 * @param node absolute path of the Node that runs it
 */
export async function demoPluginProgram(scriptFile: string, node: string): Promise<Buffer> {
  const script = await readFile(scriptFile)
  const quotedNode = `'${node.replaceAll("'", "'\\''")}'`
  // To a shell, `:` does nothing with its argument; to JavaScript it is a text before a comment.
  return Buffer.concat([Buffer.from(`#!/bin/sh\n':' //; exec ${quotedNode} "$0" "$@"\n`), script])
}
