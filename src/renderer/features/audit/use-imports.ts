import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import type { Imports } from '../../../contract/cloud-audit.ts'
import { queries } from '../../app/core/queries.ts'
import { useServices } from '../../app/services.ts'
import { chooseTrailFiles, type FileResult, importTrailFiles } from './import-files.ts'

export interface ImportState {
  imports: Imports | undefined
  /** Of the files that were chosen last. */
  results: readonly FileResult[]
  importing: boolean
  choose: () => void
}

/** What came with CloudTrail's files, and the way to bring more. */
export function useImports(): ImportState {
  const { core } = useServices()
  const queryClient = useQueryClient()
  const { data } = useQuery(queries.imports(core))
  useEffect(() => {
    const news = core.on('audit.cloudChanged', () => {
      void queryClient.invalidateQueries({ queryKey: queries.imports(core).queryKey })
    })
    return () => news[Symbol.dispose]()
  }, [core, queryClient])
  const {
    mutate,
    data: results = [],
    isPending,
  } = useMutation({
    mutationFn: async () => importTrailFiles(core, await chooseTrailFiles()),
    onSettled: () => queryClient.invalidateQueries({ queryKey: queries.imports(core).queryKey }),
  })
  return { imports: data, results, importing: isPending, choose: () => mutate() }
}
