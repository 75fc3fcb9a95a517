/** The demo's traffic: a simulated contact centre that speaks to Muster from outside, like everyone else does. */
export { Simulation, type SimulationOptions } from './floor/simulation.js';
