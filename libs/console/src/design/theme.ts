/** What Mantine is told in JavaScript; colours and sizes are in tokens.css. */
import { createTheme, localStorageColorSchemeManager } from '@mantine/core';

/** Where the choice of light or dark is kept. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'muster.theme' });

export const theme = createTheme({
  primaryColor: 'teal',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    // A menu belongs to the screen, has nothing but items in it, and begins at the first of them.
    Menu: { defaultProps: { portalProps: { target: '#screen' }, withInitialFocusPlaceholder: false } },
  },
});
