import { register } from 'node:module';

// `node --import …/register.js`: before anything else is loaded.
register('./hooks.js', import.meta.url);
