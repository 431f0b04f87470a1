import type { Customer, Staff } from '@assent/protocol';
import { reading, type Sql } from '../sql.js';

const columns = 'id, login, password_hash, display_name, roles';
const findByLogin = reading('staff_by_login', `SELECT ${columns} FROM bank.staff WHERE lower(login) = lower($login::text)`);
const find = reading('staff_find', `SELECT ${columns} FROM bank.staff WHERE id = $id::text`);

interface StaffRow {
  readonly id: string;
  readonly login: string;
  readonly password_hash: string;
  readonly display_name: string;
  readonly roles: readonly string[];
}

/** Their claims are what the bank says of them: name, user ID and roles. */
const memberFrom = ({ id, login, password_hash: passwordHash, display_name: displayName, roles }: StaffRow): Customer => ({
  id,
  login,
  passwordHash,
  displayName,
  claims: { name: displayName, preferred_username: login, roles },
});

export const staffMembers = (sql: Sql): Staff => ({
  async findByLogin(login) {
    const [row] = await sql.rows<StaffRow>(findByLogin, { login });
    return row && memberFrom(row);
  },
  async find(id) {
    const [row] = await sql.rows<StaffRow>(find, { id });
    return row && memberFrom(row);
  },
});
