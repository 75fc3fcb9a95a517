/** `npm run docs:config`: writes what documents the settings into the checkout it is run in. */
import { configurationDocuments } from './configuration/configuration-documents.js';
import { writeGenerated } from './generated-file.js';

writeGenerated(process.cwd(), await configurationDocuments(process.cwd()));
