/** The rules live below teams, where the authority read needs them too. */
export { beyond, normalize } from '../access/blueprint.js';
