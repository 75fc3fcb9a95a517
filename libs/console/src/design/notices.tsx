/** What was just done, or could not be: said for a moment, also to those who don't see it. */
import { Notifications } from '@mantine/notifications';

export default function Notices() {
  return <Notifications position="bottom-right" autoClose={6_000} limit={3} />;
}
