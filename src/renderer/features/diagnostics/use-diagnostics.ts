import { type UseQueryResult, useQuery } from '@tanstack/react-query'
import type { Diagnostics } from '../../../contract/diagnostics.ts'
import { queries } from '../../app/core/queries.ts'
import { useServices } from '../../app/services.ts'
import { useFrontScope } from '../../app/shell/use-front-scope.ts'

/** The report for where one is. It is made anew whenever somebody comes to look at it. */
export function useDiagnostics(): UseQueryResult<Diagnostics> {
  const { core } = useServices()
  const region = useFrontScope()?.scope.region
  return useQuery({ ...queries.diagnostics(core, region), refetchOnMount: 'always' })
}
