using System.CommandLine;
using SsdForecast.Cli.Demo;
using SsdForecast.Cli.Hosting;
using SsdForecast.Cli.Settings;

namespace SsdForecast.Cli.Commands;

/// <summary><c>ssdf demo</c>.</summary>
internal static class DemoCommand
{
    public static Verb Create(CommandHost host)
    {
        var verb = new Verb("demo", "train on half-hourly electricity demand, compare, draw, and replay as a stream")
        {
            Notes = "The data is shipped (datasets/taylor.csv), the settings are in configs/demo.yaml. Takes a minute or two on two cores.",
        };
        var output = verb.Has<string>("--out", "folder for everything it makes [demo]", "DIR");
        var epochs = verb.Has<string>("--epochs", "most epochs; 0 or 1 to look around quickly [15]", "N");
        var device = verb.Has<string>("--device", "cpu, cuda or cuda:1 [cpu]", "DEVICE");
        var json = verb.Has<bool>("--json", "print the result as JSON; the steps are told on standard error");
        verb.Example("ssdf demo", "then open demo/report.html");
        verb.SetAction(parse =>
        {
            var values = new SettingValues();
            if (parse.GetValue(epochs) is { } n) values.Set(SettingTable.Epochs, [n], "--epochs");
            if (parse.GetValue(device) is { } d) values.Set(SettingTable.Device, [d], "--device");
            return DemoRun.Execute(host, parse.GetValue(output) ?? "demo", values, parse.GetValue(json));
        });
        return verb;
    }
}
