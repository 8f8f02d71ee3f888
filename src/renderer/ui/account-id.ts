/** `111122223333` as people read it: `1111-2222-3333`. Anything else stays as it is. */
export function groupedAccountId(accountId: string): string {
  return /^\d{12}$/.test(accountId) ? accountId.replace(/(\d{4})(?=\d)/g, '$1-') : accountId
}
