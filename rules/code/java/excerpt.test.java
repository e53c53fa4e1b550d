/** Without imports, as in a text about something: the names of the platform are known. */
class Excerpt {
    void seal() {
        Cipher.getInstance("DES/ECB/PKCS5Padding"); // expect: weak-cipher
        MessageDigest.getInstance("MD5"); // expect: weak-hash
        Cipher.getInstance("AES/GCM/NoPadding"); // ok: authenticated
    }

    void answer(HttpServletRequest request, JdbcTemplate template) {
        template.execute("delete from t where id = " + request.getParameter("id")); // expect: sql-injection
    }

    static class Statement {
        void execute(String text) {}
    }

    void own(HttpServletRequest request, Statement statement) {
        statement.execute("select " + request.getParameter("id")); // ok: a type of the file
    }
}
