/** What Mantine is told in JavaScript; colours and sizes are in tokens.css. */
import { createTheme, localStorageColorSchemeManager } from '@mantine/core';

/** Where the choice of light or dark is kept. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: 'muster.theme' });

export const theme = createTheme({ primaryColor: 'teal', cursorType: 'pointer', respectReducedMotion: true });
