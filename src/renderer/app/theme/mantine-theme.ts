import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

/** Tuples from the neutrals and the accent of tokens.css, light to dark. */
const gray: MantineColorsTuple = [
  '#fcfdfd',
  '#f5f7f8',
  '#f1f4f6',
  '#e9edf0',
  '#e2e7ea',
  '#cdd5da',
  '#98a3ac',
  '#5b6671',
  '#46525d',
  '#17212a',
]

/** Mantine reads this one backwards: text first, deepest surface last. */
const dark: MantineColorsTuple = [
  '#e2e8ed',
  '#a9b2ba',
  '#909aa3',
  '#56606a',
  '#38414a',
  '#283039',
  '#1b2127',
  '#101419',
  '#0c1014',
  '#04070a',
]

const harbour: MantineColorsTuple = [
  '#dcebf4',
  '#c6e1f1',
  '#a9cde2',
  '#6fb9e8',
  '#4fa9df',
  '#1a84be',
  '#1c76a8',
  '#0c6b9d',
  '#095c88',
  '#17648f',
]

export const mantineTheme = createTheme({
  colors: { gray, dark, harbour },
  primaryColor: 'harbour',
  primaryShade: { light: 7, dark: 6 },
  defaultRadius: 5,
  fontFamily: 'var(--font-ui)',
  fontFamilyMonospace: 'var(--font-mono)',
  fontSizes: {
    xs: 'var(--text-xs)',
    sm: 'var(--text-sm)',
    md: 'var(--text-md)',
    lg: 'var(--text-lg)',
    xl: 'var(--text-xl)',
  },
  lineHeights: {
    xs: 'var(--line-xs)',
    sm: 'var(--line-sm)',
    md: 'var(--line-md)',
    lg: 'var(--line-lg)',
    xl: 'var(--line-xl)',
  },
  respectReducedMotion: true,
  cursorType: 'default',
})

const surfaces = {
  '--mantine-color-body': 'var(--bg)',
  '--mantine-color-text': 'var(--text)',
  '--mantine-color-dimmed': 'var(--text-3)',
  '--mantine-color-placeholder': 'var(--text-3)',
  '--mantine-color-default': 'var(--bg-raised)',
  '--mantine-color-default-hover': 'var(--bg-hover)',
  '--mantine-color-default-color': 'var(--text)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-error': 'var(--danger)',
  '--mantine-color-anchor': 'var(--accent)',
}

/** Mantine's own surfaces follow the tokens, which already know both schemes. */
export const mantineVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: surfaces,
  dark: surfaces,
})
