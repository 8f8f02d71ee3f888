import type { ComponentType } from 'react'
import type { Document, DocumentKind, DocumentOf } from '../../app/documents/document.ts'
import {
  AuditIcon,
  DiagnosticsIcon,
  FileIcon,
  type IconProps,
  LogsIcon,
  ReadinessIcon,
  RecordingFileIcon,
  ShellIcon,
  TaskIcon,
} from '../../ui/icons.ts'
import { type LoadedOnDemand, loadedOnDemand } from '../../ui/loaded-on-demand.tsx'
import { formatMoment } from '../../ui/time.ts'
import { Welcome } from './welcome.tsx'

export interface DocumentViewProps<Kind extends DocumentKind = DocumentKind> {
  document: DocumentOf<Kind>
}

/** What the tab strip has to know about a kind of document, and how it is drawn. */
interface DocumentView<Kind extends DocumentKind> {
  /** Loaded when the first document of its kind is shown, so that first paint does not wait for it. */
  readonly view: ComponentType<DocumentViewProps<Kind>> & Partial<Pick<LoadedOnDemand<object>, 'preload'>>
  readonly icon: ComponentType<IconProps>
  /** The tab's name and the quieter word beside it. Untrusted text. */
  readonly title: (document: DocumentOf<Kind>) => { name: string; context?: string | undefined }
}

const documentViews: { [Kind in DocumentKind]: DocumentView<Kind> } = {
  terminal: {
    view: loadedOnDemand(() => import('../terminal/index.tsx')),
    icon: ShellIcon,
    title: ({ container }) => ({
      name: container.containerName,
      context: container.serviceName ?? container.clusterName,
    }),
  },
  task: {
    view: loadedOnDemand(() => import('../task/index.tsx')),
    icon: TaskIcon,
    title: ({ task }) => ({ name: task.taskId.slice(0, 8), context: task.serviceName ?? task.clusterName }),
  },
  logs: {
    view: loadedOnDemand(() => import('../logs/index.tsx')),
    icon: LogsIcon,
    title: ({ task }) => ({
      name: 'Logs',
      context: `${task.serviceName ?? task.clusterName}, ${task.taskId.slice(0, 8)}`,
    }),
  },
  readiness: {
    view: loadedOnDemand(() => import('../readiness/index.tsx')),
    icon: ReadinessIcon,
    title: ({ task }) => ({
      name: 'Why can’t I connect?',
      context: task.serviceName ?? task.taskId.slice(0, 8),
    }),
  },
  replay: {
    view: loadedOnDemand(() => import('../replay/index.tsx')),
    icon: AuditIcon,
    title: ({ container, startedAt }) => ({
      name: formatMoment(startedAt, Date.now()),
      context: container.containerName,
    }),
  },
  'recording-file': {
    view: loadedOnDemand(() => import('../recording-file/index.tsx')),
    icon: RecordingFileIcon,
    title: ({ name }) => ({ name, context: 'file' }),
  },
  transcript: {
    view: loadedOnDemand(() => import('../transcript/index.tsx')),
    icon: FileIcon,
    title: ({ event }) => ({ name: formatMoment(event.at, Date.now()), context: event.userName }),
  },
  audit: {
    view: loadedOnDemand(() => import('../audit/index.tsx')),
    icon: AuditIcon,
    title: () => ({ name: 'Audit' }),
  },
  diagnostics: {
    view: loadedOnDemand(() => import('../diagnostics/index.tsx')),
    icon: DiagnosticsIcon,
    title: () => ({ name: 'Diagnostics' }),
  },
  welcome: {
    view: Welcome,
    icon: ShellIcon,
    title: () => ({ name: 'Welcome' }),
  },
}

/** Fetches every view ahead: the first shell should not wait for its code. */
export function preloadViews(): void {
  for (const { view } of Object.values(documentViews)) view.preload?.()
}

/** The entry of a document's kind, typed for any document: the map above keeps both ends equal. */
export function viewOf(document: Document): DocumentView<DocumentKind> {
  return documentViews[document.kind] as DocumentView<DocumentKind>
}
