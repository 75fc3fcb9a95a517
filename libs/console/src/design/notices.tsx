/**
 * What was just done, or could not be: said for a moment, also to those who don't see it. In the head of the page where it
 * is wide enough, else below it; never at the foot: what is to be pressed next must not lie under it.
 */
import { Notifications } from '@mantine/notifications';

export default function Notices() {
  return <Notifications position="top-center" autoClose={6_000} limit={3} />;
}
