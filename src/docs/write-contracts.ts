/** `npm run docs:contracts`: writes the documents of the API into the checkout it is run in. */
import 'reflect-metadata';
import { contractDocuments } from './contract-documents.js';
import { writeGenerated } from './generated-file.js';

writeGenerated(process.cwd(), await contractDocuments(process.cwd()));
