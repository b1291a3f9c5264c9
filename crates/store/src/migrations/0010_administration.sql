-- Lists for administrators: each page is read from an index that has it in order, however many rows there are.

CREATE INDEX accounts_with_role ON accounts (id) WHERE role <> 'user';
CREATE INDEX accounts_shut_out ON accounts (id) WHERE active = 0;
CREATE INDEX orders_in_status ON orders (status, created_at, id);
CREATE INDEX deliveries_of_recipient ON deliveries (recipient, id);
