import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useDeferredValue, useEffect } from 'react'
import { useStore } from 'zustand'
import type { ImportedShellsRequest, Imports } from '../../../../contract/cloud-audit.ts'
import type { ErrorValue } from '../../../../contract/errors.ts'
import { CoreError } from '../../../app/core/core-error.ts'
import { importedShellsKey, queries } from '../../../app/core/queries.ts'
import { useServices } from '../../../app/services.ts'
import { type Importing, importingOf } from './importing.ts'

/** What came with CloudTrail's files, and what is being brought. */
export function useImports(): Importing & {
  imports: Imports | undefined
  problem: ErrorValue | undefined
} {
  const services = useServices()
  const { core } = services
  const queryClient = useQueryClient()
  const importing = useStore(importingOf(services))
  const { data, error } = useQuery(queries.imports(core))
  useEffect(() => {
    const news = core.on('audit.cloudChanged', () => {
      void queryClient.invalidateQueries({ queryKey: queries.imports(core).queryKey })
      void queryClient.invalidateQueries({ queryKey: [importedShellsKey] })
    })
    return () => news[Symbol.dispose]()
  }, [core, queryClient])
  return { ...importing, imports: data, problem: error instanceof CoreError ? error.value : undefined }
}

/** The shells that fit, page by page. */
export function useImportedShells(question: Omit<ImportedShellsRequest, 'offset'>) {
  const { core } = useServices()
  const text = useDeferredValue(question.text)
  return useInfiniteQuery({
    ...queries.importedShells(core, { ...question, text }),
    placeholderData: keepPreviousData,
    refetchOnMount: 'always',
  })
}
