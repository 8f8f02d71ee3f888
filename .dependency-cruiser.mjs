/**
 * The import table of ARCHITECTURE.md, one line per folder: what lives there
 * may import itself and what is listed, nothing else. Where `packages` is given,
 * nothing else from node_modules or Node either. Electron has a rule of its own.
 *
 * @type {Record<string, { folders: string[], packages?: string[] }>}
 */
const table = {
  contract: { folders: [], packages: ['zod'] },
  channel: { folders: ['contract'], packages: ['zod', 'birpc'] },
  core: { folders: ['contract', 'channel'] },
  web: { folders: ['core', 'channel', 'contract'] },
  cli: { folders: ['core', 'web', 'sandbox', 'contract', 'channel'] },
  renderer: { folders: ['contract', 'channel'] },
  sandbox: { folders: ['contract'] },
  'demo-plugin': { folders: ['core', 'contract'] },
  main: { folders: ['core', 'channel', 'contract'] },
  preload: { folders: ['contract'] },
}

const folderRules = Object.entries(table).map(([folder, { folders }]) => ({
  name: `${folder}-imports`,
  comment: `src/${folder} may import ${[folder, ...folders].join(', ')} and nothing else in src`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: `^src/(${[folder, ...folders].join('|')})/` },
}))

const packageRules = Object.entries(table).flatMap(([folder, { packages }]) =>
  packages === undefined
    ? []
    : [
        {
          name: `${folder}-packages`,
          comment: `src/${folder} may use ${packages.join(', ')} and no other package`,
          severity: 'error',
          from: { path: `^src/${folder}/` },
          to: { path: 'node_modules|^node:', pathNot: `node_modules/(${packages.join('|')})/` },
        },
      ],
)

export default {
  forbidden: [
    ...folderRules,
    ...packageRules,
    {
      name: 'electron-only-in-main-and-preload',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main|preload)/' },
      to: { path: '(^|/)electron(/|$)' },
    },
    {
      name: 'no-node-in-the-page',
      comment: 'The renderer runs in a page without Node, in every host',
      severity: 'error',
      from: { path: '^src/(renderer|contract|channel)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolved', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.css$|\\.svg$|\\.woff2$' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
}
