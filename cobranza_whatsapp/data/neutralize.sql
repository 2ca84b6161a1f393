-- A copy of the database must never write to a real customer.
UPDATE cobranza_account
   SET api_token = NULL,
       signing_secret = NULL,
       hold_code = 'account_copied_database';
UPDATE res_company SET cobranza_started = FALSE;
