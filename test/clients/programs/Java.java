import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;

/** Java's HTTP clients: the status of the account with each. The environment contains the credentials. */
class Java {
  public static void main(String[] arguments) throws Exception {
    String account = System.getenv("TWILIO_ACCOUNT_SID");
    String credentials = account + ":" + System.getenv("TWILIO_AUTH_TOKEN");
    String basic = "Basic " + Base64.getEncoder().encodeToString(credentials.getBytes());
    URI url = URI.create("https://api.twilio.com/2010-04-01/Accounts/" + account + ".json");

    var connection = (HttpURLConnection) url.toURL().openConnection();
    connection.setRequestProperty("Authorization", basic);
    int old = connection.getResponseCode();

    HttpRequest request = HttpRequest.newBuilder(url).header("Authorization", basic).build();
    int recent = HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).statusCode();
    System.out.println("{\"HttpURLConnection\":" + old + ",\"HttpClient\":" + recent + "}");
  }
}
