/** Where an incident is to be seen in the gateway's console, or null without a public URL. */
export function incidentLink(publicUrl: string | null, incidentNumber: number): string | null {
  return publicUrl === null ? null : `${publicUrl.replace(/\/+$/, '')}/incidents/${incidentNumber}`
}
