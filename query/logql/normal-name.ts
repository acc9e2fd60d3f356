/**
 * The name under which LogQL, whose label names have no dots, finds an attribute: each character that is neither an
 * ASCII letter nor a digit is an underscore, and a leading digit gets one in front. `http.status_code` is
 * `http_status_code`.
 */
export function normalName(key: string): string {
  const name = key.replace(/[^A-Za-z0-9]/gu, '_')
  return /^[0-9]/.test(name) ? `_${name}` : name
}
