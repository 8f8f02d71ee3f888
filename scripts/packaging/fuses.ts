import { type FuseConfig, FuseV1Options, FuseVersion } from '@electron/fuses'

/**
 * Every switch of the Electron binary, decided. Strict: an Electron with a fuse
 * that is not named here fails the build, it does not pass with a default.
 *
 * Consequences: `child_process.fork` does not work in main (a utility process
 * does), and Playwright cannot drive the packaged app, only an unpackaged one.
 */
export const wantedFuses = {
  version: FuseVersion.V1,
  strictlyRequireAllFuses: true,
  [FuseV1Options.RunAsNode]: false,
  [FuseV1Options.EnableCookieEncryption]: true,
  [FuseV1Options.EnableNodeOptionsEnvironmentVariable]: false,
  [FuseV1Options.EnableNodeCliInspectArguments]: false,
  [FuseV1Options.EnableEmbeddedAsarIntegrityValidation]: true,
  [FuseV1Options.OnlyLoadAppFromAsar]: true,
  [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  [FuseV1Options.GrantFileProtocolExtraPrivileges]: false,
  [FuseV1Options.WasmTrapHandlers]: true,
} satisfies FuseConfig
