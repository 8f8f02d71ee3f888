import encodeQr from 'qr'

/** Modules of light around the code, without which many cameras do not see it (ISO/IEC 18004: four). */
const quietModules = 4

/** A QR code as one SVG path of dark modules, in a square of `size` modules. */
export function drawQr(text: string): { size: number; path: string } {
  const rows = encodeQr(text, 'raw', { ecc: 'medium', border: quietModules })
  const path = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : []))).join('')
  return { size: rows.length, path }
}
