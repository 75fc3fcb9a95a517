import { y } from '#client'; console.log(y);
