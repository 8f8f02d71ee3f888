import { useMemo } from 'react'
import { drawQr } from './draw-qr.ts'
import styles from './sign-in.module.css'

/** An address for the camera of a phone. Dark on light in both themes: many readers know no other way. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => drawQr(text), [text])
  return (
    <svg
      className={styles.qr}
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={label}
      shapeRendering="crispEdges"
    >
      <rect width={size} height={size} />
      <path d={path} />
    </svg>
  )
}
