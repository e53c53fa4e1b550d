package proof;

import java.io.IOException;
import java.sql.*;
import java.util.*;
import javax.servlet.http.*;

public class Orders extends HttpServlet {
    private static final Set<String> COLUMNS = Set.of("name", "price");
    private static final String BASE = "SELECT * FROM orders";
    private Connection connection;

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException, SQLException {
        String id = request.getParameter("id");
        Statement statement = connection.createStatement();
        statement.executeQuery(BASE + " WHERE id = '" + id + "'"); // expect: sql-injection

        StringBuilder sql = new StringBuilder(BASE);
        sql.append(" WHERE id = ").append(id);
        statement.execute(sql.toString()); // expect: sql-injection

        find(id, "name");
        find("7", id);

        // ok: placeholders
        PreparedStatement prepared = connection.prepareStatement(BASE + " WHERE id = ?");
        prepared.setString(1, id);
        prepared.executeQuery();

        // ok: a number is no text
        int number = Integer.parseInt(id);
        statement.executeQuery(BASE + " WHERE id = " + number);

        // ok: one of a fixed list
        String column = request.getParameter("sort");
        if (!COLUMNS.contains(column)) {
            throw new IllegalArgumentException();
        }
        statement.executeQuery(BASE + " ORDER BY " + column);

        // ok: never the request's
        String mode = 3 * 4 > 10 ? "ASC" : id;
        statement.executeQuery(BASE + " ORDER BY name " + mode);

        Map<String, String> values = new HashMap<>();
        values.put("id", id);
        values.put("table", "orders");
        statement.executeQuery("SELECT * FROM " + values.get("table"));
        statement.executeQuery("SELECT * FROM " + values.get("id")); // expect: sql-injection

        List<String> list = new ArrayList<>();
        list.add("safe");
        list.add(id);
        list.add("other");
        list.remove(0);
        statement.executeQuery("SELECT " + list.get(1));
        statement.executeQuery("SELECT " + list.get(0)); // expect: sql-injection

        for (Cookie cookie : request.getCookies()) {
            if (cookie.getName().equals("order")) {
                statement.executeUpdate("DELETE FROM orders WHERE id = " + cookie.getValue()); // expect: sql-injection
            }
        }

        String order;
        switch (request.getParameter("order")) {
            case "up":
                order = "ASC";
                break;
            case "down":
                order = "DESC";
                break;
            default:
                order = "";
        }
        statement.executeQuery(BASE + order);
    }

    private void find(String key, String table) throws SQLException {
        Statement statement = connection.createStatement();
        statement.executeQuery("SELECT * FROM x WHERE k = " + key); // expect: sql-injection
        statement.executeQuery(query(table)); // expect: sql-injection
        statement.executeQuery(query("orders"));
    }

    private static String query(String table) {
        return String.format("SELECT * FROM %s", table);
    }
}
