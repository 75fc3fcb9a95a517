// Before any test file: decorators need the metadata, and Nest's packages have to be in Jest's registry of native
// modules before two test modules ask for them at the same time.
import 'reflect-metadata';
import '@nestjs/common';
import '@nestjs/core';
