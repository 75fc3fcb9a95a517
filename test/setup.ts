// Before any test file: decorators need the metadata, and Nest's packages have to be in Jest's registry of native
// modules before two test modules ask for them at the same time.
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import '@nestjs/core';

// What no application has taken over, such as a migration's steps, isn't news here.
Logger.overrideLogger(['error', 'fatal']);
