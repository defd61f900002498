/** Mantine, told to use our tokens: every colour that it would choose itself is one of the variables in tokens.css. */
import {
  createTheme,
  defaultVariantColorsResolver,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core';

const teal: MantineColorsTuple = [
  '#f0fdfa',
  '#ccfbf1',
  '#99f6e4',
  '#5eead4',
  '#2dd4bf',
  '#14b8a6',
  '#0d9488',
  '#0f766e',
  '#115e59',
  '#134e4a',
];

export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: { light: 7, dark: 4 },
  colors: { teal },
  fontFamily: 'var(--ui)',
  fontFamilyMonospace: 'var(--mono)',
  fontSizes: {
    xs: 'var(--small)',
    sm: 'var(--text)',
    md: 'var(--text)',
    lg: 'var(--title)',
    xl: 'var(--title)',
  },
  lineHeights: { xs: '1rem', sm: 'var(--leading)', md: 'var(--leading)', lg: '1.5rem', xl: '1.5rem' },
  defaultRadius: 'var(--radius)',
  respectReducedMotion: true,
  cursorType: 'pointer',
  variantColorResolver: (input) => {
    if (input.variant === 'filled') {
      return {
        background: 'var(--accent)',
        hover: 'var(--accent-strong)',
        color: 'var(--on-accent)',
        border: '1px solid transparent',
      };
    }
    if (input.variant === 'default') {
      return {
        background: 'transparent',
        hover: 'var(--hover)',
        color: 'var(--ink)',
        border: '1px solid var(--edge)',
      };
    }
    if (input.variant === 'subtle') {
      return { background: 'transparent', hover: 'var(--hover)', color: 'var(--ink)', border: '0' };
    }
    return defaultVariantColorsResolver(input);
  },
  components: {
    Button: { defaultProps: { size: 'sm' } },
    Menu: {
      defaultProps: {
        withinPortal: false,
        hideDetached: false,
        transitionProps: { duration: 100 },
        shadow: 'sm',
      },
    },
    TextInput: { defaultProps: { size: 'sm' } },
  },
});

const variables = {
  '--mantine-color-body': 'var(--paper)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-bright': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--dim)',
  '--mantine-color-placeholder': 'var(--dim)',
  '--mantine-color-anchor': 'var(--accent)',
  '--mantine-color-error': 'var(--red)',
  '--mantine-color-default': 'var(--paper)',
  '--mantine-color-default-hover': 'var(--hover)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-default-border': 'var(--edge)',
  '--mantine-primary-color-filled': 'var(--accent)',
  '--mantine-primary-color-filled-hover': 'var(--accent-strong)',
  '--mantine-primary-color-contrast': 'var(--on-accent)',
  '--mantine-shadow-sm': 'var(--shadow)',
  '--mantine-shadow-md': 'var(--shadow)',
  '--mantine-shadow-lg': 'var(--shadow)',
};

export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  light: variables,
  dark: variables,
});
