import { Column, Entity, PrimaryColumn } from 'typeorm';

@Entity({ schema: 'bank', name: 'customer', synchronize: false })
export class CustomerEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text') login!: string;
  @Column('text', { name: 'password_hash' }) passwordHash!: string;
  @Column('text', { name: 'display_name' }) displayName!: string;
  @Column('jsonb') claims!: Record<string, unknown>;
  @Column('text', { name: 'user_code_hash', nullable: true }) userCodeHash!: string | null;
}

/** Amounts are decimal text: a JavaScript number cannot hold them. */
@Entity({ schema: 'bank', name: 'account', synchronize: false })
export class AccountEntity {
  @PrimaryColumn('text') id!: string;
  @Column('text', { name: 'customer_id' }) customerId!: string;
  @Column('integer') position!: number;
  @Column('text') name!: string;
  @Column('text') type!: string;
  @Column('text') iban!: string;
  @Column('text') currency!: string;
  @Column('numeric', { name: 'opening_balance', precision: 15, scale: 2 }) openingBalance!: string;
  @Column('date', { name: 'opened_on' }) openedOn!: string;
  @Column('numeric', { precision: 15, scale: 2 }) balance!: string;
  @Column('timestamptz', { name: 'balance_at' }) balanceAt!: Date;
  @Column('text', { nullable: true }) unavailable!: string | null;
  @Column('text', { array: true }) approvers!: string[];
}

@Entity({ schema: 'bank', name: 'transaction', synchronize: false })
export class TransactionEntity {
  @PrimaryColumn('text', { name: 'account_id' }) accountId!: string;
  @PrimaryColumn('integer') sequence!: number;
  @Column('text') id!: string;
  @Column('date', { name: 'booked_on' }) bookedOn!: string;
  @Column('date', { name: 'value_on' }) valueOn!: string;
  @Column('numeric', { precision: 15, scale: 2 }) amount!: string;
  @Column('text') currency!: string;
  @Column('text') description!: string;
  @Column('text') counterparty!: string;
  @Column('text', { name: 'counterparty_iban', nullable: true }) counterpartyIban!: string | null;
  @Column('text') category!: string;
  @Column('numeric', { name: 'balance_after', precision: 15, scale: 2 }) balanceAfter!: string;
}

/** What a client asked to be paid under an approved detail of a grant, and what came of it. Changed never. */
@Entity({ schema: 'bank', name: 'payment', synchronize: false })
export class PaymentEntity {
  @PrimaryColumn('integer') tag!: number;
  @PrimaryColumn('text') id!: string;
  @Column('text', { name: 'grant_id' }) grantId!: string;
  @Column('text', { name: 'detail_id' }) detailId!: string;
  @Column('text', { name: 'detail_type' }) detailType!: string;
  @Column('text') status!: string;
  @Column('text', { nullable: true }) reason!: string | null;
  @Column('text', { name: 'account_id' }) accountId!: string;
  @Column('numeric', { precision: 15, scale: 2 }) amount!: string;
  @Column('text') currency!: string;
  @Column('text', { name: 'creditor_name' }) creditorName!: string;
  @Column('text', { name: 'creditor_iban', nullable: true }) creditorIban!: string | null;
  @Column('text', { nullable: true }) remittance!: string | null;
  @Column('text', { name: 'end_to_end_id', nullable: true }) endToEndId!: string | null;
  @Column('text', { name: 'transaction_id', nullable: true }) transactionId!: string | null;
  @Column('timestamptz', { name: 'created_at' }) createdAt!: Date;
  @Column('text', { name: 'creditor_scheme', nullable: true }) creditorScheme!: string | null;
  @Column('text', { name: 'creditor_identification', nullable: true }) creditorIdentification!: string | null;
}
