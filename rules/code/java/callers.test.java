package proof;

import java.io.*;
import java.sql.*;
import javax.servlet.http.*;

/** What a caller hands over counts where a statement is put together, not where it is passed on. */
public class Callers {
    private final Connection connection;

    public Callers(Connection connection) {
        this.connection = connection;
    }

    public ResultSet find(String name) throws SQLException {
        String sql = "select * from people where name = '" + name + "'";
        return connection.prepareStatement(sql).executeQuery(); // expect: sql-injection
    }

    public ResultSet findIn(String table) throws SQLException {
        String sql = String.format("select * from %s", table);
        return connection.createStatement().executeQuery(sql); // expect: sql-injection
    }

    public ResultSet number(int number) throws SQLException {
        return connection.createStatement().executeQuery("select " + number); // ok: a number
    }

    public ResultSet run(String sql) throws SQLException {
        return connection.createStatement().executeQuery(sql); // ok: made to run statements
    }

    public void catalogue(Connection other) throws SQLException {
        connection.createStatement().execute("use " + other.getCatalog()); // ok: of the driver
    }

    public Object read(InputStream stream) throws Exception {
        return new ObjectInputStream(stream).readObject(); // expect: unsafe-deserialization
    }

    private void erase(File file) {
        file.delete(); // ok: which file is for the caller to say
    }
}
