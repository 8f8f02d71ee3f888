import { readdir, stat } from 'node:fs/promises'
import type { DiagnosticRow } from '../../../contract/diagnostics.ts'
import type { ConfigReader } from '../../aws/config-reader.ts'
import type { AwsPaths, EnvironmentVariables } from '../../aws/paths.ts'
import { errorCode, isMissingFile } from '../../files/error-code.ts'
import type { DiagnosticsPart } from '../diagnostics-service.ts'

export interface FilesPartDependencies {
  paths: AwsPaths
  environment: EnvironmentVariables
  configReader: Pick<ConfigReader, 'read'>
  credentialsReader: Pick<ConfigReader, 'read'>
  dataFolder: string
  platform: NodeJS.Platform
}

/** Files and folders that are read or written: there or not, in order or not. */
export function filesPart(dependencies: FilesPartDependencies): DiagnosticsPart {
  const { paths, environment, configReader, credentialsReader, dataFolder, platform } = dependencies
  const moved = (variable: string) => (environment[variable] ? { note: variable } : {})

  async function configRow(
    label: string,
    file: string,
    variable: string,
    reader: Pick<ConfigReader, 'read'>,
    holdsSecrets: boolean,
  ): Promise<DiagnosticRow> {
    const { problem, config } = await reader.read()
    if (problem) return { label, value: problem.message, tone: 'bad', ...moved(variable) }
    const state = await stateOf(file, holdsSecrets && platform !== 'win32')
    const count = config.sections.length
    const sections = count === 1 ? ', 1 section' : count > 1 ? `, ${count} sections` : ''
    return {
      label,
      ...state,
      value: `${file}, ${state.value}${sections}`,
      ...moved(variable),
    }
  }

  async function folderRow(label: string, folder: string): Promise<DiagnosticRow> {
    try {
      const names = await readdir(folder)
      const count = names.filter((name) => name.endsWith('.json')).length
      return { label, value: `${folder}, ${count === 1 ? '1 file' : `${count} files`}` }
    } catch (error) {
      return { label, ...unreadable(folder, error) }
    }
  }

  return {
    title: 'Files',
    rows: () =>
      Promise.all([
        configRow('AWS config', paths.configFile, 'AWS_CONFIG_FILE', configReader, false),
        configRow(
          'AWS credentials',
          paths.credentialsFile,
          'AWS_SHARED_CREDENTIALS_FILE',
          credentialsReader,
          true,
        ),
        folderRow('Sign-ins of Identity Center', paths.ssoCacheFolder),
        folderRow('Sign-ins of aws login', paths.loginCacheFolder),
        folderRow('Porthole’s data', dataFolder),
      ]),
  }
}

/** Anybody else on this computer could read it. */
const readableByOthers = 0o077

async function stateOf(file: string, isPrivate: boolean): Promise<Pick<DiagnosticRow, 'value' | 'tone'>> {
  try {
    const { size, mode } = await stat(file)
    const open = isPrivate && (mode & readableByOthers) !== 0
    return open && size > 0
      ? { value: `${size} bytes, readable by others (mode ${(mode & 0o777).toString(8)})`, tone: 'warn' }
      : { value: `${size} bytes` }
  } catch (error) {
    return { value: isMissingFile(error) ? 'not there' : `cannot be read: ${errorCode(error) ?? ''}` }
  }
}

function unreadable(path: string, error: unknown): Pick<DiagnosticRow, 'value' | 'tone'> {
  return isMissingFile(error)
    ? { value: `${path}, not there` }
    : { value: `${path}, cannot be read: ${errorCode(error) ?? String(error)}`, tone: 'bad' }
}
