using SsdForecast.Runtime;
using SsdForecast.Torch.Evaluation;
using SsdForecast.Torch.Forecasters;
using SsdForecast.Torch.Ssd;
using SsdForecast.Torch.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace SsdForecast.Torch.Tests.Cuda;

/// <summary>What runs on a GPU. Without one each test says so and passes.</summary>
[Collection("GPU")]
public class CudaTests
{
    private static bool Available()
    {
        if (cuda.is_available()) return true;
        Console.WriteLine("no CUDA device is here; the test that needs one passes without it.");
        return false;
    }

    [Theory]
    [InlineData(SsdForm.Chunked, false)]
    [InlineData(SsdForm.Quadratic, false)]
    [InlineData(SsdForm.Chunked, true)]
    public void Forms_on_the_device_equal_the_recurrence_on_the_host(SsdForm form, bool diagonal)
    {
        if (!Available()) return;
        using var scope = NewDisposeScope();
        var sample = new RandomSsd(4, 2, 45, 4, 8, 16, 1, 16, diagonal, Extras: false);
        var (host, device) = (sample.Inputs(), sample.Inputs());
        Tensor Move(Tensor t) => t.detach().cuda().requires_grad_(true);
        device = device with { X = Move(device.X), Dt = Move(device.Dt), A = Move(device.A), B = Move(device.B), C = Move(device.C) };
        var (y, final) = SsdOperator.Run(host, sample.Options(SsdForm.Recurrent));
        var (yDevice, finalDevice) = SsdOperator.Run(device, sample.Options(form));
        Close.Within(1e-10, yDevice.cpu(), y, "y");
        Close.Within(1e-10, finalDevice.cpu(), final, "state");
        y.square().sum().backward();
        yDevice.square().sum().backward();
        foreach (var ((name, a), (_, e)) in Close.Leaves(device).Zip(Close.Leaves(host)))
            Close.Within(1e-10, a.grad!.cpu(), e.grad!, "d" + name, floor: 1);
    }

    [Theory]
    [InlineData(ForecasterKind.Causal, false)]
    [InlineData(ForecasterKind.Direct, false)]
    [InlineData(ForecasterKind.Causal, true)]
    public void A_forecaster_trains_on_the_device_and_serves_on_the_host(ForecasterKind kind, bool bfloat16)
    {
        if (!Available()) return;
        var table = Tables.Seasonal(rows: 600, series: 2);
        using var folder = new TemporaryFolder();
        var options = new ForecasterOptions { Kind = kind, Horizon = 12, Lookback = 48, Block = new BlockConfig { DModel = 32, DState = 16, HeadDim = 16 } };
        var training = new TrainingOptions { Epochs = 3, StepsPerEpoch = 20, Device = "cuda", ComputeType = bfloat16 ? ScalarType.BFloat16 : ScalarType.Float32 };
        double[] onDevice;
        using (var forecaster = Forecaster.Fit(table, options, training))
        {
            forecaster.Save(folder.Path);
            onDevice = [.. forecaster.Predict(table).SelectMany(f => f.Median)];
            Assert.True(Backtest.Run(forecaster, table).Metrics is [var ssd, var naive, ..] && ssd.Mase < naive.Mase);
        }
        using var onHost = Forecaster.Load(folder.Path);
        foreach (var (a, e) in onDevice.Zip(onHost.Predict(table).SelectMany(f => f.Median)))
            Assert.Equal(e, a, (bfloat16 ? 1e-2 : 1e-3) * Math.Abs(e));
    }
}
