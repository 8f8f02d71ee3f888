import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useStore } from 'zustand'
import type { SearchRequest } from '../../../contract/search.ts'
import { queries } from '../../app/core/queries.ts'
import { paced } from '../../app/paced.ts'
import { useServices } from '../../app/services.ts'
import { useNow } from '../../ui/use-now.ts'
import { requestOf, searchOf } from './search-state.ts'

/** Between two letters of somebody who types, so that a word is one search. */
const typingMilliseconds = 90

/** Recordings that grow or are destroyed are news by the dozen; each search looks through years. */
const newsPaceMilliseconds = 2000

/** While an index is being built, and while sessions live, there is more to find after a moment. */
const againMilliseconds = 3000

export function useSearch() {
  const services = useServices()
  const state = useStore(searchOf(services))
  const now = useNow('minute')
  const request = useSettled(requestOf(state, now))
  const queryClient = useQueryClient()
  useEffect(() => {
    const again = paced(
      () => void queryClient.invalidateQueries({ queryKey: ['audit.search'] }),
      newsPaceMilliseconds,
    )
    const changes = services.core.on('audit.changed', again)
    const cloudChanges = services.core.on('audit.cloudChanged', again)
    return () => {
      changes[Symbol.dispose]()
      cloudChanges[Symbol.dispose]()
      again[Symbol.dispose]()
    }
  }, [services, queryClient])
  const answer = useQuery({
    ...queries.auditSearch(services.core, request),
    placeholderData: keepPreviousData,
    refetchOnMount: 'always',
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && data.waiting > 0 ? againMilliseconds : false,
  })
  return { state, request, now, answer, setState: searchOf(services).setState }
}

/** The request, once nobody has changed it for a moment. */
function useSettled(request: SearchRequest): SearchRequest {
  const key = JSON.stringify(request)
  const [settled, setSettled] = useState(key)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(key), typingMilliseconds)
    return () => clearTimeout(timer)
  }, [key])
  return JSON.parse(settled) as SearchRequest
}
