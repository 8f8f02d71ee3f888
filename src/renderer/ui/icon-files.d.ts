/** The package types its index only; this types the single files that icons.ts reads. */
declare module '@tabler/icons-react/dist/esm/icons/*' {
  const icon: import('react').ComponentType<import('@tabler/icons-react').IconProps>
  export default icon
}
