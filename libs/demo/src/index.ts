/** The demo's traffic: a simulated contact centre that speaks to Muster from outside, like everyone else does. */
export { Traffic, type TrafficOptions, type TrafficReport } from './traffic/traffic.js';
export { TrafficError } from './traffic/traffic-error.js';
export { FakeCloudApi, type Fault, type TakenMessage } from './whatsapp/fake-cloud-api.js';
