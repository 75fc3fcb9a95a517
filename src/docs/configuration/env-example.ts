import type { Variable } from '../../platform/config/variables.js';

const HEADER = `# Every setting of Muster. Nothing needs to be set for \`npm start\`: it then brings its own PostgreSQL and Redis.
# Take over what you need into the environment of the process: an env_file of Docker Compose, an EnvironmentFile of
# systemd, or \`node --env-file\`. Generated from src/platform/config/variables.ts by \`npm run docs:config\`.`;

const WIDTH = 118;

/** `.env.example`: every setting with its meaning and default, commented out. */
export function envExample(settings: readonly Variable[], commandLine: readonly Variable[]): string {
  const rest = '# The command line (`npx muster …`) reads these as well, each like the option of the same name.';
  return `${[HEADER, ...settings.map(entry), rest, ...commandLine.map(entry)].join('\n\n')}\n`;
}

function entry({ name, description, default: standard = '', secret }: Variable): string {
  // What has spaces is no value but says what happens without one.
  const isValue = /^\S+$/.test(standard) && standard !== 'none';
  const remark = isValue || !standard ? '' : ` Default: ${standard}.`;
  const lines = [...wrapped(`${description}${remark}`), `#${name}=${isValue ? standard : ''}`];
  return [...lines, ...(secret ? [`#${name}_FILE=`] : [])].join('\n');
}

function wrapped(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const line = `${lines.at(-1) ?? '#'} ${word}`;
    if (line.length > WIDTH || lines.length === 0) lines.push(`# ${word}`);
    else lines[lines.length - 1] = line;
  }
  return lines;
}
