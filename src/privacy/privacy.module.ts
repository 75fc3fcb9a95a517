import { Global, Module } from '@nestjs/common';
import { ContactGate } from './contact-gate.js';
import { PhoneVault } from './phone-vault.js';

@Global()
@Module({ providers: [PhoneVault, ContactGate], exports: [PhoneVault, ContactGate] })
export class PrivacyModule {}
